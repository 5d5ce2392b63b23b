/// What the user has chosen to see of a scene. Nothing of it reaches the pipeline.
public struct ViewOptions: Hashable, Sendable {
    public var panes = WindowPanes.both
    public var isPreviewMirrored = false
    public var showsKeypoints = false
    public var showsGuide = true
    /// How much of the avatar covers the preview, 0...1.
    public var ghost = 0.0
    public var showsInfo = false
    public var showsHelp = false
    /// Which page of it, from 0.
    public var helpPage = 0
    public var strip: WindowStrip?
    /// How far the strip was moved to the right of where it would be.
    public var stripScroll = 0
    public var isFullScreen = false

    public init() {}

    /// Does what a key asked for.
    public mutating func apply(_ change: ViewChange) {
        switch change {
        case .togglePreviewMirror: isPreviewMirrored.toggle()
        case .nextPanes:
            let all = WindowPanes.allCases
            panes = all[(all.firstIndex(of: panes)! + 1) % all.count]
        case .toggleKeypoints: showsKeypoints.toggle()
        case .toggleGuide: showsGuide.toggle()
        case .changeGhost(let change):
            // To hundredths: tenths added up ten times are not 1.
            ghost = min(max((ghost + change).rounded(toPlaces: 2), 0), 1)
        case .toggleInfo: showsInfo.toggle()
        case .toggleHelp: (showsHelp, helpPage) = (!showsHelp, 0)
        case .nextHelpPage: helpPage += 1
        case .toggleStrip(let strip): (self.strip, stripScroll) = (self.strip == strip ? nil : strip, 0)
        case .scrollStrip(let count): stripScroll += count
        case .toggleFullScreen: isFullScreen.toggle()
        }
    }
}

/// What makes a picture a worse avatar than it could be, and what to do about it.
package enum PortraitRemark: String, Sendable, CaseIterable, Encodable {
    case noFace, faceElsewhere, severalFaces, small, blurred, dark, bright, oneSided, turned, tilted, eyesClosed,
        mouthOpen, hidden,
        cutOff

    /// For people, in one line.
    package var text: String {
        switch self {
        case .noFace: "no face is found: the middle is shown; choose a part with --avatar-crop X,Y,SIZE"
        case .faceElsewhere: "the part that is shown has no face; --avatar-crop auto shows the one there is"
        case .severalFaces: "several faces: the largest is the first; --face N takes another"
        case .small: "the face is small and will be soft: take a picture in which it is larger"
        case .blurred: "it is blurred: take a sharper picture"
        case .dark: "the face is dark: take a picture with more light on it"
        case .bright: "the face is too bright, and its features are washed out: take one with less light"
        case .oneSided: "light comes from one side: where the face turns, the shadow goes with it"
        case .turned: "the face is turned: what it hides is invented; take one that looks ahead"
        case .tilted: "the head is tilted: take one that is held straight, or turn the picture"
        case .eyesClosed: "the eyes are closed, or nearly: they will open badly; take one with open eyes"
        case .mouthOpen: "the mouth is open: it will close badly; take one with the lips together"
        case .hidden: "something is before the face, such as hair, a hand or glasses: it will move with the skin"
        case .cutOff: "the face reaches the picture's edge: take one with room around the head"
        }
    }
}

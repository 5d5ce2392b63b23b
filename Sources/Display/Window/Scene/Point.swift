/// A place in pixels of the window's surface.
struct Point: Hashable {
    var x: Int
    var y: Int
}

import Capture

extension CameraInfo {
    /// N of /dev/videoN.
    var number: Int? { Int(path.drop { !$0.isNumber }) }
}

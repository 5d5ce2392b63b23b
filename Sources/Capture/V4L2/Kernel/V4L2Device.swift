import CV4L2
import SystemPackage

/// An open V4L2 device, closed when the value ends. One queue owns a value.
struct V4L2Device: ~Copyable {
    let path: String
    let descriptor: CInt
    let system: V4L2System

    /// - Throws: ``CaptureError``: `.missing`, `.noPermission`, `.busy`, `.unplugged`, `.cannotOpen`.
    init(opening path: String, _ system: V4L2System) throws(CaptureError) {
        self.path = path
        self.system = system
        descriptor = try CaptureError.explaining(try kernelCall { system.open(path) }) { .cannotOpenDevice(path, $0) }
    }

    deinit { system.close(descriptor) }

    /// Runs an ioctl, again for as long as a signal interrupts it.
    func request<Argument>(_ request: V4L2Request, _ argument: inout Argument) throws(Errno) {
        _ = try withUnsafeMutablePointer(to: &argument) { (argument) throws(Errno) in
            try kernelCall { system.ioctl(descriptor, request.number, argument) }
        }
    }

    /// The same for what may well fail, as the end of a list does, and with an error that depends on the driver.
    func answers<Argument>(_ request: V4L2Request, _ argument: inout Argument) -> Bool {
        (try? self.request(request, &argument)) != nil
    }

    /// The same, with a failure told as a camera's.
    func command<Argument>(_ request: V4L2Request, _ argument: inout Argument) throws(CaptureError) {
        try CaptureError.explaining(try self.request(request, &argument)) { .failed(request, path, $0) }
    }

    /// - Throws: ``CaptureError`` `.notAVideoDevice` where the device knows no V4L2.
    func capabilities() throws(CaptureError) -> V4L2Capabilities {
        var answer = v4l2_capability()
        do throws(Errno) {
            try request(.queryCapabilities, &answer)
        } catch .noSuchDevice {
            throw .failed(.queryCapabilities, path, .noSuchDevice)
        } catch {
            throw CaptureError(
                .notAVideoDevice, path, "it is not a video device", hint: "give a camera such as /dev/video0")
        }
        return V4L2Capabilities(answer)
    }
}

extension String {
    /// Text in a C array, up to its first zero byte or to the array's end.
    init<Bytes>(fixed bytes: Bytes) {
        self = withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// - Returns: what the kernel answered, once no signal interrupts it any more.
func kernelCall(_ call: () -> CInt) throws(Errno) -> CInt {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard result == -Errno.interrupted.rawValue else { throw Errno(rawValue: -result) }
    }
}

import CV4L2
import SystemPackage

/// The driver's buffers, mapped into memory and streaming; ends the stream and unmaps them when it ends. One queue owns
/// a value.
final class V4L2BufferRing {
    let device: V4L2Device
    private var buffers: [UnsafeRawBufferPointer] = []
    /// Why a buffer could not be given back: the next ``dequeue()`` tells.
    private var requeueFailure: Errno?

    /// With one the driver would wait for us.
    private static let leastCount: UInt32 = 2

    /// Maps and queues the buffers and starts the stream, in the format that has been set.
    ///
    /// - Parameter count: how many to ask for; the driver may give more or fewer.
    /// - Throws: ``CaptureError``; `.notSupported` for fewer than two buffers.
    init(_ device: consuming V4L2Device, count: Int) throws(CaptureError) {
        self.device = device
        try mapBuffers(count: try requestBuffers(UInt32(count)))
        for index in buffers.indices {
            var buffer = Self.description(UInt32(index))
            try self.device.command(.queue, &buffer)
        }
        var type = CInt(V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue)
        try self.device.command(.start, &type)
    }

    deinit {
        var type = CInt(V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue)
        try? device.request(.stop, &type)  // of a device that is gone too: nothing is left to be done about it
        for buffer in buffers {
            device.system.munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress!), buffer.count)
        }
    }

    /// - Returns: `nil` if no buffer is ready.
    func dequeue() throws(Errno) -> DequeuedBuffer? {
        if let requeueFailure { throw requeueFailure }
        var answer = Self.description(0)
        do throws(Errno) {
            try device.request(.dequeue, &answer)
        } catch .resourceTemporarilyUnavailable {
            return nil
        }
        guard Int(answer.index) < buffers.count else { throw .ioError }
        return DequeuedBuffer(answer, memory: buffers[Int(answer.index)], ring: self)
    }

    func requeue(_ index: UInt32) {
        var buffer = Self.description(index)
        do throws(Errno) {
            try device.request(.queue, &buffer)
        } catch {
            requeueFailure = error
        }
    }

    private func requestBuffers(_ count: UInt32) throws(CaptureError) -> UInt32 {
        var request = v4l2_requestbuffers()
        request.count = count
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        try device.command(.requestBuffers, &request)
        guard request.count >= Self.leastCount else {
            throw CaptureError(
                .notSupported, device.path,
                "the camera has \(request.count) of the \(Self.leastCount) buffers that streaming takes",
                hint: "close other programs that use it, or choose a smaller size")
        }
        return request.count
    }

    private func mapBuffers(count: UInt32) throws(CaptureError) {
        for index in 0..<count {
            var buffer = Self.description(index)
            try device.command(.queryBuffer, &buffer)
            guard let memory = device.system.mmap(device.descriptor, Int(buffer.length), Int(buffer.m.offset)) else {
                throw CaptureError(.cannotRead, device.path, "cannot map the camera's buffers")
            }
            buffers.append(UnsafeRawBufferPointer(start: memory, count: Int(buffer.length)))
        }
    }

    private static func description(_ index: UInt32) -> v4l2_buffer {
        var buffer = v4l2_buffer()
        buffer.index = index
        buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        buffer.memory = V4L2_MEMORY_MMAP.rawValue
        return buffer
    }
}

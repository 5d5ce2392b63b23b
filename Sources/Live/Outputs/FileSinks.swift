import Display
import Frames

/// The file sinks of a run: all of them open, or none.
package struct FileSinks: ~Copyable {
    private let sinks: [(name: String, sink: any FrameSink)]
    private let form: VideoForm

    /// - Parameters:
    ///   - names: what ``openFileSink(path:_:standardOutput:searchPath:)`` takes.
    ///   - sendsToNetwork: whether addresses are among them, such as rtmp://host/app.
    ///   - searchPath: where to look for ffmpeg, the value of `PATH`.
    /// - Throws: why the first one that cannot be opened cannot; those before it are taken back.
    package init(_ names: [String], _ form: VideoForm, sendsToNetwork: Bool = false, searchPath: String) throws {
        var opened: [(String, any FrameSink)] = []
        do {
            for name in names {
                if sendsToNetwork, FFmpegStream.isAddress(name) {
                    let stream = try FFmpegStream(address: name, form, searchPath: searchPath)
                    opened.append((stream.name, stream))
                } else {
                    opened.append((name, try openFileSink(path: name, form, searchPath: searchPath)))
                }
            }
        } catch {
            for (_, sink) in opened { sink.cancel() }
            throw error
        }
        sinks = opened
        self.form = form
    }

    package var all: [any FrameSink] { sinks.map(\.sink) }

    /// Each on a queue of its own, for a live run.
    ///
    /// - Parameter base: what tells when pictures are shown in what is recorded.
    consuming func outputs(
        timedBy base: RecordingTimeline.Base, onFailure: @escaping @Sendable (any Error) -> Void
    ) -> [any Output] {
        sinks.map { name, sink in
            let isRecorded = !(sink is NullSink)
            let timeline = isRecorded ? RecordingTimeline(form.rate, base) : nil
            nonisolated(unsafe) let sink = sink  // this value was its only owner, and ends here
            return SinkOutput(name, to: sink, size: isRecorded ? form.size : nil, timeline, onFailure: onFailure)
        }
    }
}

import Foundation
import Frames
import TestSupport
import Testing

/// A folder with what most runs need: a portrait `face.png`, a clip `clip.y4m` and a network `tiny.safetensors` for frames
/// of 64x64, on which a run takes a few hundredths of a second.
struct Workbench: ~Copyable {
    static let side = 64
    static let frameCount = 10
    static let fixture = projectFolder.appending(path: "Tests/Fixtures/tiny.weights.safetensors")
    /// The picture of which the bundled portrait is made.
    static let portrait = projectFolder.appending(path: "Assets/portrait.png").path
    /// Options that choose that network.
    static let tiny = ["--model", "tiny.safetensors", "--size", "\(side)"]

    /// Options for a random network that does not say that it knows no faces: nobody asks it.
    static let unseeing = [
        "--avatar-crop", "center", "--crop", "center", "--calibration-frame", "0", "--on-lost", "follow",
    ]

    private let folder: TemporaryFolder

    init() throws {
        folder = try Self.makeFolder()
    }

    private static func makeFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: side)).asFrame(), to: folder.path("face.png"))
        try writeFile(clip(), to: folder.path("clip.y4m"))
        try writeFile(faceless(Array(try Data(contentsOf: fixture))), to: folder.path("tiny.safetensors"))
        return folder
    }

    /// The same network for something else than faces: a random one must not be asked where they are.
    private static func faceless(_ model: [UInt8]) -> [UInt8] {
        let length = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = Array(#"{"__metadata__":{"puppet.animates":"noise"},"#.utf8) + model[9..<8 + length]
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + model[(8 + length)...]
    }

    var url: URL { folder.url }
    func path(_ name: String) -> String { folder.path(name) }
    func write(_ bytes: [UInt8], _ name: String) throws { try writeFile(bytes, to: path(name)) }

    /// Names in the folder that a run made: not those above, not captured output. Hidden leftovers are among them.
    func newNames() throws -> [String] {
        try fileNames(in: url.path).filter {
            !["face.png", "clip.y4m", "tiny.safetensors"].contains($0) && !$0.hasPrefix(".run-")
        }
    }

    /// Starts `puppet` with these arguments, in the folder.
    func start(
        _ arguments: [String], input: CInt? = nil, output: CInt? = nil, errors: CInt? = nil,
        environment: [String: String] = [:]
    ) throws -> PuppetProcess {
        try PuppetProcess(
            arguments, in: url.path, input: input, output: output, errors: errors, environment: environment)
    }

    func run(
        _ arguments: [String], input: CInt? = nil, output: CInt? = nil, environment: [String: String] = [:]
    ) throws -> PuppetProcess.Result {
        try start(arguments, input: input, output: output, environment: environment).wait()
    }

    /// `puppet animate` with the small network; fails the test unless it succeeds in silence.
    ///
    /// - Returns: its standard output.
    @discardableResult
    func animate(
        _ arguments: [String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [UInt8] {
        let result = try run(["animate"] + Self.tiny + arguments, environment: environment)
        expectSuccess(result, arguments, sourceLocation: sourceLocation)
        return result.output
    }

    /// Y4M in which everything moves, no frame like another.
    static func clip(frames: Int = frameCount, header: String = "YUV4MPEG2 W64 H64 F25:1 Ip C420jpeg") -> [UInt8] {
        var bytes = Array("\(header)\n".utf8)
        for frame in 0..<frames {
            bytes += "FRAME\n".utf8
            for y in 0..<side {
                for x in 0..<side {
                    let bump = max(0, 900 - (x - 24 - frame) * (x - 24 - frame) - (y - 30) * (y - 30)) / 6
                    bytes.append(UInt8(40 + bump + (x + 2 * y) / 4))
                }
            }
            bytes += [UInt8](repeating: UInt8(110 + frame), count: side * side / 4)
            bytes += [UInt8](repeating: UInt8(140 - frame), count: side * side / 4)
        }
        return bytes
    }

    /// Bytes of one frame of 64x64 with its line.
    static let frameBytes = 6 + side * side * 3 / 2
}

/// How many frames a stream of 64x64 Y4M has; `nil` unless it is sound from its header to its last byte.
func countY4MFrames(_ bytes: [UInt8]) -> Int? {
    guard bytes.starts(with: "YUV4MPEG2 W64 H64 ".utf8), let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
        return nil
    }
    let (count, rest) = (bytes.count - end - 1).quotientAndRemainder(dividingBy: Workbench.frameBytes)
    let starts = (0..<count).map { end + 1 + $0 * Workbench.frameBytes }
    return rest == 0 && starts.allSatisfy { bytes[$0...].starts(with: "FRAME\n".utf8) } ? count : nil
}

/// Exit code 0, and not a word on standard error: where that is no terminal, there is no progress bar either.
func expectSuccess(
    _ result: PuppetProcess.Result, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.ending == .exited(0), "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
    #expect(result.complaints.isEmpty, "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
}

/// This exit code, this one line on standard error, and nothing on standard output.
func expectFailure(
    _ result: PuppetProcess.Result, code: Int = 1, _ line: String, _ arguments: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.ending == .exited(code), "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
    #expect(result.line == "puppet: \(line)", "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, "\(arguments): \(result.output.count) bytes", sourceLocation: sourceLocation)
}

/// Everything that runs the program, one run at a time: some of it is about time and memory.
@Suite("The program, as its user runs it", .timeLimit(.minutes(5)), .serialized)
struct PuppetTests {}

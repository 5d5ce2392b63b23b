// Moves a portrait as the face in a video moves:
//     animate-picture MODEL.safetensors FACE.png DRIVING.mp4 MOVED.mp4
// The face is expected in the middle of both.
import Capture
import Display
import FOMMCore
import Frames
import Motion

let paths = Array(CommandLine.arguments.dropFirst())
guard paths.count == 4 else { fatalError("usage: animate-picture MODEL FACE DRIVING MOVED") }
let whereFFmpegIs = "/usr/local/bin:/usr/bin"

// The engine: one half finds keypoints, the other paints.
let model = try FOMMModel(MappedFile(path: paths[0]))
let detector = FrameDetector(model, threads: 2)
let generator = FrameGenerator(model, threads: 2)
let size = FrameSize(square: model.frameSize)

// The portrait, as the network sees it: encoded once.
let picture = try ImageFile.read(paths[1])
let square = PixelBuffer(size: size) { SquareFit(from: picture.size, side: size.width)(picture, into: $0) }
let avatar = square.withBytes { SourceContext(rgb8: $0, detector) }

let driving = try openVideo(paths[2], searchPath: whereFFmpegIs)
let form = VideoForm(size, driving.frameRate, sound: driving.sound)
let output = try openFileSink(path: paths[3], form, searchPath: whereFFmpegIs)
let fit = SquareFit(from: driving.size, side: size.width)
let pool = FramePool(size: size, capacity: 2)

var motion: RelativeMotion?  // against the first frame
while let frame = try driving.next() {
    let keypoints = fit(frame, from: pool).pixels.withBytes { detector.detect(rgb8: $0) }
    let relative = motion ?? RelativeMotion(.relative(adaptScale: true), source: avatar.keypoints, initial: keypoints)
    motion = relative
    let dense = generator.denseMotion(avatar, showing: relative(keypoints))
    try output.write(
        pool.makeFrame(sequence: frame.sequence, captured: frame.captured) { generator.generate(avatar, dense, into: $0) })
}
try output.finish()

import Capture
import Foundation
import Frames
import System
import TestSupport
import Testing

@testable import Driving
@testable import FOMMCore

/// Faces pasted into a room, found by the bundled model. `PUPPET_FINDER_FACES=FOLDER` measures with the pictures in a
/// folder too, each framed as a driving video of the model is, and prints a table.
@Suite("Finding the driver's face in the camera's picture")
struct FaceFinderTests {
    private let bench: MotionBench
    private let avatar: Detection
    private let pool: FramePool

    init() throws {
        bench = try MotionBench()
        avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector)).context.detection
        pool = FramePool(size: FrameSize(square: bench.model.frameSize), capacity: 2)
    }

    private static let vga = FrameSize(width: 640, height: 480)
    private static let hd = FrameSize(width: 1280, height: 720)
    /// Sides of a face's square, as shares of the picture's height.
    private static let shares = [1, 0.8, 0.65, 0.5, 0.4, 0.3]

    /// Squares of a size all over a picture; the same every time.
    private func places(_ size: FrameSize, _ share: Double, count: Int) -> [FrameSquare] {
        var random = SeededRandom(seed: UInt64(size.width) + UInt64(share * 100))
        let side = Int(Double(size.height) * share)
        return (0..<count).map { _ in
            FrameSquare(
                x: .random(in: 0...(size.width - side), using: &random),
                y: .random(in: 0...(size.height - side), using: &random), side: side, in: size)
        }
    }

    /// The test camera's room with nobody in it.
    private func emptyRoom(_ size: FrameSize) throws -> Frame {
        let camera = TestCamera(
            portrait: bench.portrait, size: size, frameRate: FrameRate(1), script: { _ in .init(isPresent: false) })
        return try #require(camera.next())
    }

    /// A room with a picture in it.
    private func pasted(_ face: PixelBuffer, into room: Frame, at square: FrameSquare) -> Frame {
        let size = room.size
        let fit = SquareFit(from: face.size, side: square.side)
        let fitted = PixelBuffer(size: FrameSize(square: square.side)) { fit(face, into: $0) }.bytes
        let bytes = room.pixels.bytes
        return PixelBuffer(size) { x, y in
            let (column, row) = (x - square.x, y - square.y)
            let isFace = (0..<square.side).contains(column) && (0..<square.side).contains(row)
            let at = 3 * (isFace ? square.side * row + column : size.width * y + x)
            return isFace ? (fitted[at], fitted[at + 1], fitted[at + 2]) : (bytes[at], bytes[at + 1], bytes[at + 2])
        }.asFrame()
    }

    /// - Parameter picture: what the camera shows in a frame, by its number.
    /// - Returns: what was found, and after how many frames; never more than 200.
    private func search(in size: FrameSize, _ picture: (Int) -> Frame) -> (square: FrameSquare, frames: Int) {
        var finder = FaceFinder(in: size, avatar: avatar)
        for count in 0..<200 {
            let frame = picture(count)
            let square = finder.square.isInside(frame.size) ? finder.square : .centred(in: frame.size)
            let fit = SquareFit(from: frame.size, side: bench.model.frameSize, square: square)
            let seen = fit(frame, from: pool)
            let detection = seen.pixels.withBytes { bench.detector.detection(rgb8: $0) }
            if finder.observe(detection, Viewpoint(of: seen)) { return (finder.square, count + 1) }
        }
        return (finder.square, 200)
    }

    /// How far a square is from the right one, in centre and side, in shares of the right one's side.
    private func error(_ found: FrameSquare, _ right: FrameSquare) -> Double {
        let x = Double(2 * (found.x - right.x) + found.side - right.side) / 2
        let y = Double(2 * (found.y - right.y) + found.side - right.side) / 2
        return max(hypot(x, y), abs(Double(found.side - right.side))) / Double(right.side)
    }

    @Test(arguments: [vga, hd])
    func theAvatarsOwnFaceIsFound(_ size: FrameSize) throws {
        var (found, tried) = (0, 0)
        var misses: [String] = []
        let room = try emptyRoom(size)
        for share in Self.shares where share >= 0.4 {
            for right in places(size, share, count: 3) {
                let picture = pasted(bench.portrait.pixels, into: room, at: right)
                let (square, frames) = search(in: size) { _ in picture }
                #expect(frames <= 50, "\(frames) frames for \(right)")
                tried += 1
                if error(square, right) < 0.15 { found += 1 } else { misses.append("\(square), not \(right)") }
            }
        }
        #expect(Double(found) >= 0.85 * Double(tried), "\(found) of \(tried); \(misses)")
    }

    @Test func theTestCamerasFaceIsFoundInItsWholePicture() throws {
        for size in [Self.vga, Self.hd] {
            let camera = TestCamera(portrait: bench.portrait, size: size, frameRate: FrameRate(25), frameCount: 1)
            let picture = try #require(camera.next())
            let (square, frames) = search(in: size) { _ in picture }
            #expect(error(square, .centred(in: size)) < 0.15, "\(square) of \(size)")
            #expect(frames <= 8, "a face that fills the picture is found at once: \(frames) frames")
        }
    }

    @Test(arguments: [vga, hd])
    func whereNobodyIsItLooksAtTheMiddle(_ size: FrameSize) throws {
        let empty = try emptyRoom(size)
        let (square, frames) = search(in: size) { _ in empty }
        #expect(square == .centred(in: size) && frames <= 50, "\(square) after \(frames) frames")
        let dark = PixelBuffer(size) { _, _ in (0, 0, 0) }.asFrame()
        #expect(search(in: size) { _ in dark }.square == .centred(in: size))
    }

    @Test func itBeginsAnewWhenThePictureChangesItsSize() throws {
        let right = FrameSquare(x: 500, y: 100, side: 500, in: Self.hd)
        let small = try emptyRoom(Self.vga)
        let large = pasted(bench.portrait.pixels, into: try emptyRoom(Self.hd), at: right)
        let (square, frames) = search(in: Self.vga) { $0 < 10 ? small : large }
        #expect(error(square, right) < 0.15, "\(square), not \(right)")
        #expect(frames <= 60, "\(frames) frames")
    }

    @Test func itEndsWhateverTheSourceDoes() throws {
        let (small, large) = (try emptyRoom(Self.vga), try emptyRoom(Self.hd))
        let (_, frames) = search(in: Self.vga) { $0.isMultiple(of: 2) ? small : large }
        #expect(frames <= 100, "a size that never stays: \(frames) frames")
        var finder = FaceFinder(in: Self.vga, avatar: avatar)
        let elsewhere = Viewpoint(FrameSquare(x: 1, y: 2, side: 3, in: Self.vga), of: Self.vga, side: 256)
        var count = 1
        while !finder.observe(avatar, elsewhere), count < 1000 { count += 1 }
        #expect(count <= 100, "a source that shows something else: \(count) frames")
        var broken = avatar.keypoints
        broken[value: 0].x = .nan
        finder = FaceFinder(in: Self.vga, avatar: avatar)
        count = 1
        while !finder.observe(
            Detection(keypoints: broken, spreads: avatar.spreads),
            Viewpoint(finder.square, of: Self.vga, side: 256)), count < 1000
        { count += 1 }
        #expect(count <= 100 && finder.square == .centred(in: Self.vga), "no numbers: \(finder.square)")
        for size in [FrameSize(square: 1), FrameSize(width: 3000, height: 20), FrameSize(width: 20, height: 3000)] {
            var finder = FaceFinder(
                in: size, avatar: Detection(keypoints: avatar.keypoints, spreads: avatar.spreads * 9))
            var count = 1
            while !finder.observe(avatar, Viewpoint(finder.square, of: size, side: 256)), count < 1000 {
                #expect(finder.square.isInside(size))
                count += 1
            }
            #expect(count <= 100, "\(size): \(count) frames")
        }
    }

    private static let folder = ProcessInfo.processInfo.environment["PUPPET_FINDER_FACES"]

    /// Other faces are framed in their pictures somewhat otherwise than the avatar is in its: what is right for one is the
    /// median of what is found.
    @Test(.enabled(if: folder != nil, "PUPPET_FINDER_FACES names no pictures"))
    func table() throws {
        let paths = try ImageFolder.picturePaths(in: try #require(Self.folder))
        let rooms = try [Self.vga, Self.hd].map(emptyRoom)
        var rates: [Double: (found: Int, tried: Int)] = [:]
        for path in paths {
            let face = try ImageFile.read(path)
            var found: [(share: Double, place: SIMD3<Double>)] = []
            for (room, share) in rooms.flatMap({ room in Self.shares.map { (room, $0) } }) {
                for right in places(room.size, share, count: 3) {
                    let picture = pasted(face, into: room, at: right)
                    let square = search(in: room.size) { _ in picture }.square
                    let side = Double(right.side)
                    let (x, y) = (square.x - right.x, square.y - right.y)
                    let relative = SIMD3(Double(x), Double(y), Double(square.side)) / side
                    found.append((share, relative + SIMD3(relative.z / 2, relative.z / 2, 0)))
                }
            }
            let middle = [0, 1, 2].map { axis in percentile(50, of: found.map { $0.place[axis] }) }
            for (share, place) in found {
                let off = max(hypot(place.x - middle[0], place.y - middle[1]), abs(place.z - middle[2])) / middle[2]
                if off >= 0.15 { print("missed by \(off): \(share), \(path)") }
                let rate = rates[share] ?? (0, 0)
                rates[share] = (rate.found + (off < 0.15 ? 1 : 0), rate.tried + 1)
            }
        }
        print("| side / height | found |")
        for (share, rate) in rates.sorted(by: { $0.key > $1.key }) {
            print("| \(share) | \(rate.found) of \(rate.tried) |")
        }
    }
}

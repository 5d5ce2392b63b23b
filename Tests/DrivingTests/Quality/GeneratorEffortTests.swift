import Foundation
import Frames
import TestSupport
import Testing

@testable import Assets
@testable import Display
@testable import Driving
@testable import FOMMCore

@Suite("Pictures of which less is computed")
struct GeneratorEffortTests {
    /// The bundled model at half its size, which is as deep.
    private struct Rig {
        let detector: FrameDetector
        let avatar: Avatar
        let other: Avatar

        init(_ instructionSet: InstructionSet = .best) throws {
            let model = try FOMMModel(EmbeddedAssets.model, frameSize: 128, instructionSet: instructionSet)
            detector = FrameDetector(model, threads: 2)
            avatar = try AvatarList(nil).load(0, AvatarReader(detector, scales: model.scales))
            let portrait = try EmbeddedAssets.portrait()
            let upsideDown = PixelBuffer(portrait.size) { x, y in
                let pixel = portrait.pixel(x, portrait.size.height - 1 - y)
                return (pixel[0], pixel[1], pixel[2])
            }
            other = Avatar(upsideDown, name: "other", detector, scales: model.scales)
        }

        var generator: FrameGenerator { FrameGenerator(detector.model, threads: 2) }

        /// The avatar's own keypoints, one of them moved by so many pixels.
        func keypoints(_ avatar: Avatar, moved pixels: Float, _ index: Int = 0) -> Keypoints {
            var keypoints = avatar.context.keypoints
            keypoints[value: index] += SIMD2(pixels, pixels) / 64
            return keypoints
        }
    }

    private struct Picture {
        let pixels: [UInt8]
        let computed: Double
    }

    private func picture(
        _ generator: FrameGenerator, _ avatar: Avatar, _ keypoints: Keypoints, _ effort: GeneratorEffort = .everything
    ) -> Picture {
        let side = effort.scale.size(of: generator.model.frameSize)
        var pixels = [UInt8](repeating: 0, count: 3 * side * side)
        let motion = generator.denseMotion(avatar.context, showing: keypoints)
        let computed = pixels.withUnsafeMutableBytes {
            generator.generate(avatar.context, motion, effort: effort, into: $0)
        }
        return Picture(pixels: pixels, computed: computed)
    }

    private func psnr(_ a: [UInt8], _ b: [UInt8]) -> Double {
        let error = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) } / Double(a.count)
        return error == 0 ? .infinity : 10 * log10(255 * 255 / error)
    }

    @Test(arguments: InstructionSet.supported, [PictureScale.full, .threeQuarters])
    func whatChangedGivesTheSamePicturesBitForBit(_ instructionSet: InstructionSet, _ scale: PictureScale) throws {
        let rig = try Rig(instructionSet)
        let (partial, whole) = (rig.generator, rig.generator)
        let exact = GeneratorEffort(scale: scale, changes: .exact)
        // Moves small and large, of several keypoints, none at all, and another avatar's turn in between.
        let moves: [(Float, Int)] = [(0, 0), (0.3, 0), (0.3, 0), (0.35, 1), (6, 4), (0, 9), (-3, 2)]
        for (number, (pixels, index)) in moves.enumerated() {
            let avatar = number == 4 ? rig.other : rig.avatar
            let keypoints = rig.keypoints(avatar, moved: pixels, index)
            let some = picture(partial, avatar, keypoints, exact)
            let all = picture(whole, avatar, keypoints, GeneratorEffort(scale: scale))
            #expect(some.pixels == all.pixels, "\(instructionSet), picture \(number)")
            #expect(all.computed == 1)
            if partial.model.generator.takesTiles {
                #expect(number != 2 || some.computed == 0, "nothing moved, and \(some.computed) was computed")
                #expect(number != 4 || some.computed == 1, "another avatar, of which \(some.computed) was computed")
            }
        }
    }

    /// What is kept belongs to one way of computing; turns of others in between must not leave their own in it.
    @Test func otherEffortsInBetweenDoNotMix() throws {
        let rig = try Rig()
        let (mixed, whole) = (rig.generator, rig.generator)
        let efforts = [
            GeneratorEffort(changes: .exact), .everything, GeneratorEffort(scale: .half, changes: .exact),
            GeneratorEffort(changes: .exact), GeneratorEffort(scale: .half), GeneratorEffort(changes: .exact),
            GeneratorEffort(scale: .half, changes: .exact),
        ]
        for (number, effort) in efforts.enumerated() {
            let keypoints = rig.keypoints(rig.avatar, moved: Float(number) * 0.4)
            let expected = picture(whole, rig.avatar, keypoints, GeneratorEffort(scale: effort.scale))
            #expect(picture(mixed, rig.avatar, keypoints, effort).pixels == expected.pixels, "turn \(number)")
        }
    }

    /// A tile is compared with what its picture was made of, so that a move of a hundred small steps arrives.
    @Test func smallErrorsDoNotAddUp() throws {
        let rig = try Rig()
        guard rig.detector.model.generator.takesTiles else { return }  // said by the test above
        let (partial, whole) = (rig.generator, rig.generator)
        let rough = GeneratorEffort(changes: ChangeRule(threshold: 0.05, reach: 0))
        var last = Picture(pixels: [], computed: 0)
        var computed = 0.0
        for step in 0...60 {
            last = picture(partial, rig.avatar, rig.keypoints(rig.avatar, moved: Float(step) * 0.05), rough)
            if step > 0 { computed += last.computed / 60 }
        }
        let expected = picture(whole, rig.avatar, rig.keypoints(rig.avatar, moved: 3))
        let likeness = psnr(last.pixels, expected.pixels)
        #expect(likeness > 38, "\(likeness) dB after a slow move")
        #expect(computed < 0.7, "\(computed) of each picture was computed")
    }

    @Test func smallerPicturesAreOfTheSameFace() throws {
        let rig = try Rig()
        #expect(rig.detector.model.scales == PictureScale.allCases)
        let keypoints = rig.keypoints(rig.avatar, moved: 1.5)
        let full = picture(rig.generator, rig.avatar, keypoints).pixels
        for (scale, least) in [(PictureScale.threeQuarters, 28.0), (.half, 24)] {
            let side = scale.size(of: 128)
            let small = picture(rig.generator, rig.avatar, keypoints, GeneratorEffort(scale: scale)).pixels
            let pixels = PixelBuffer(size: FrameSize(square: side)) { $0.copyBytes(from: small) }
            var enlarged = [UInt8](repeating: 0, count: full.count)
            enlarged.withUnsafeMutableBytes { SquareFit(from: pixels.size, side: 128)(pixels, into: $0) }
            let likeness = psnr(enlarged, full)
            #expect(likeness > least, "\(scale): \(likeness) dB")
        }
    }

    /// Three quarters of 8 x 8 features are one and a half tiles.
    @Test func aModelSaysWhichSizesItHas() throws {
        #expect(try TestModel.tiny().scales == PictureScale.allCases)
        #expect(try FOMMModel(MappedFile(path: TestModel.path), frameSize: 32).scales == [.full, .half])
    }
}

import FOMMCore
import Frames

/// Collects how far a model on 8-bit integers is from float32.
struct Int8Comparison {
    let model: FOMMModel
    private(set) var pictures = 0
    private var (lowestPsnr, sumOfPsnr) = (Double.infinity, 0.0)
    private var (sumOfSquares, keypoints) = (0.0, 0)

    init(_ model: FOMMModel) { self.model = model }

    /// The same frame twice, float32 first.
    mutating func add(picture expected: Frame, _ actual: Frame, keypoints: Keypoints, _ moved: Keypoints) {
        let psnr = expected.pixels.psnr(against: actual.pixels)
        pictures += 1
        sumOfPsnr += psnr
        lowestPsnr = min(lowestPsnr, psnr)
        for index in 0..<keypoints.count {
            let difference = moved[value: index] - keypoints[value: index]
            sumOfSquares += Double((difference * difference).sum())
        }
        self.keypoints += keypoints.count
    }

    var quality: QuantisingReport.Quality {
        // Coordinates go from -1 to 1.
        let pixels = Double(model.frameSize) / 2
        return QuantisingReport.Quality(
            levels: model.instructionSet.int8Levels, lowestPsnr: lowestPsnr,
            meanPsnr: sumOfPsnr / Double(max(pictures, 1)),
            keypointDistance: pixels * (sumOfSquares / Double(max(keypoints, 1))).squareRoot())
    }
}

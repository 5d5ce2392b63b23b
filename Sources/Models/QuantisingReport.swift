import FOMMCore
import System

/// What int8 is like, of a model whose scales were found.
package struct QuantisingReport: PrintableReport, Sendable {
    /// int8 against float32 on the same motion, of one kind of integers.
    package struct Quality: Encodable, Sendable {
        /// ``InstructionSet/int8Levels``.
        package let levels: Int
        /// PSNR in dB of 8-bit pictures; infinite where they are the same.
        package let lowestPsnr: Double
        package let meanPsnr: Double
        /// How far driving keypoints are from those of float32, in pixels of a frame, the root of the mean square.
        package let keypointDistance: Double
    }

    /// That were compared.
    package let pictures: Int
    /// Which parts of the model have scales.
    package let parts: [String]
    /// The finest integers first.
    package let quality: [Quality]
    /// What there was with more parts, where that was not close enough.
    package let rejected: [Rejected]

    package struct Rejected: Encodable, Sendable {
        package let part: String
        /// With the finest integers.
        package let quality: Quality
    }

    package var table: String {
        let lines = quality.map { quality in
            let passes = quality.lowestPsnr >= PrecisionChoice.qualityBar
            return """
                \(quality.levels) steps to either side: PSNR \(tenths(quality.meanPsnr)) dB, at least \
                \(tenths(quality.lowestPsnr)) dB, keypoints within \(hundredths(quality.keypointDistance)) px: \
                --precision auto takes \(passes ? "int8" : "float32")
                """
        }
        let title = "int8 for \(parts.joined(separator: ", ")), against float32 in \(pictures) pictures"
        let reasons = rejected.map { rejected in
            """
            float32 for \(rejected.part), with which there would be \(tenths(rejected.quality.lowestPsnr)) dB, keypoints within \
            \(hundredths(rejected.quality.keypointDistance)) px
            """
        }
        return ([title] + lines + reasons).joined(separator: "\n")
    }
}

import FOMMCore
import Foundation
import System

/// The tiny random network of the fixtures, for frames of 64 pixels.
package enum TestModel {
    package static let path = projectFolder.appending(path: "Tests/Fixtures/tiny.weights.safetensors").path

    package static func tiny(
        _ instructionSet: InstructionSet = .best, _ precision: PrecisionChoice = .float32
    ) throws -> FOMMModel {
        try FOMMModel(
            MappedFile(path: path), frameSize: 64, instructionSet: instructionSet, precision: precision)
    }
}

/// Which driving frame is the calibration frame.
package enum CalibrationChoice: Sendable, Equatable {
    /// The first one that shows a face; the first one where none does.
    case firstFace
    /// By its position, from 0.
    case frame(Int)
    /// Of those that show a face, the one whose keypoints, mean-centred and divided by the square root of their hull's area, are nearest to the
    /// avatar's.
    case best
}

extension CalibrationChoice: CustomStringConvertible {
    package var description: String {
        switch self {
        case .firstFace: "first face"
        case .frame(let index): "\(index)"
        case .best: "best"
        }
    }
}

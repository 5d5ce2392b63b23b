/// How much of the motion is left at each place of an avatar's picture: 1 is all of it, 0 keeps the picture there as it is.
public struct MotionShare: Sendable {
    /// Rows and columns of the motion.
    public let size: Int
    let values: [Float]

    /// - Parameters:
    ///   - size: of the model's motion, ``FOMMModel/motionSize``.
    ///   - share: 0...1 at a place, both coordinates 0...1 from the upper left corner.
    public init(size: Int, share: (_ x: Double, _ y: Double) -> Double) {
        func place(_ index: Int) -> Double { (Double(index) + 0.5) / Double(size) }
        self.size = size
        values = (0..<size * size).map { Float(share(place($0 % size), place($0 / size))) }
    }
}

extension DenseMotion {
    /// Takes the rest of the motion away, where it is.
    ///
    /// - Parameter line: coordinates of the motion's columns and rows.
    func reduce(to share: MotionShare, _ line: UnsafePointer<Float>) {
        for row in 0..<share.size {
            for column in 0..<share.size {
                let place = row * share.size + column
                let left = share.values[place]
                guard left < 1 else { continue }
                deformation[2 * place] = line[column] + left * (deformation[2 * place] - line[column])
                deformation[2 * place + 1] = line[row] + left * (deformation[2 * place + 1] - line[row])
                // What does not move is in sight.
                occlusion?[place] = 1 - left * (1 - occlusion![place])
            }
        }
    }
}

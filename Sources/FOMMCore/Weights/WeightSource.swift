/// Where the numbers of a network come from: a file, or a generator of random ones.
public protocol WeightSource: Sendable {
    /// All numbers of a tensor, row-major, each finite, variances >= 0.
    /// - Throws: ``WeightError`` where there is no such tensor, or it is not what its description says.
    func values(of tensor: TensorDescription) throws(WeightError) -> [Float]
}

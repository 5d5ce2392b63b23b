/// The generator's features of an avatar at one size. A class, so that whoever keeps something made from it can tell.
final class EncodedAvatar: Sendable {
    let scale: PictureScale
    private let tensor: StoredTensor
    /// Sum of the features' magnitudes in an average tile.
    let tileMagnitude: Float

    /// - Parameter workspace: of the plan's `encoderLayout`, with the avatar in the encoder's frame.
    init(_ model: FOMMModel, _ scale: PictureScale, in workspace: Workspace) {
        let plan = model.plan(scale)
        self.scale = scale
        tensor = StoredTensor(plan.encodedShape) { model.generator.encode(into: $0, plan, in: workspace) }
        let shape = plan.encodedShape
        let tiles = shape.height * shape.width / (TileList.side * TileList.side)
        tileMagnitude = Float(tensor.magnitude / Double(max(tiles, 1)))
    }

    var features: TensorView { tensor.view }
}

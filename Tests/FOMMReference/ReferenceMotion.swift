/// What the dense motion network finds, at the motion resolution.
package struct ReferenceMotion: Sendable {
    /// The avatar, reduced to it: `[3, H, W]`.
    package let source: Tensor
    /// `[keypoints + 1, H, W]`, sums to 1 over the channels; the background first.
    package let mask: Tensor
    /// Where every pixel of the picture comes from.
    package let deformation: Grid
    /// `[1, H, W]`, 0...1; `nil` for models without.
    package let occlusion: Tensor?

    package init(source: Tensor, mask: Tensor, deformation: Grid, occlusion: Tensor?) {
        self.source = source
        self.mask = mask
        self.deformation = deformation
        self.occlusion = occlusion
    }
}

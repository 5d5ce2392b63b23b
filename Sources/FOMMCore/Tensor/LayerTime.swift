import Dispatch

/// A layer's shortest time among the frames that were measured.
package struct LayerTime: Sendable, Encodable {
    package let name: String
    package let method: String
    package let shape: String
    /// Multiply-adds of the definition.
    package let products: Double
    /// Multiply-adds that the method computes, without what fills unused lanes.
    package let computedProducts: Double
    package internal(set) var milliseconds: Double
}

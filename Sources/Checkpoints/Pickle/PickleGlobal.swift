/// The names a checkpoint may mention. To read a checkpoint no code of these names is needed; any other name is refused.
enum PickleGlobal: Equatable, Sendable {
    case orderedDictionary
    /// `torch._utils._rebuild_tensor` and `_rebuild_tensor_v2`: storage, offset, shape, strides.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`: a tensor.
    case rebuildParameter
    case storage(StorageType)

    /// - Returns: `nil` for a name that is not on the list.
    init?(_ name: String) {
        switch name {
        case "collections.OrderedDict": self = .orderedDictionary
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": self = .rebuildTensor
        case "torch._utils._rebuild_parameter": self = .rebuildParameter
        default:
            guard let type = StorageType(pickled: name) else { return nil }
            self = .storage(type)
        }
    }
}

import FOMMCore

/// A published checkpoint, `.pth.tar`: the tensors of `generator` and `kp_detector`, named and not yet read.
///
/// The file is a Python pickle. It is parsed as data and never run: see `PickleReader`. Training state beside the two
/// networks (optimisers, discriminators, the epoch) is stepped over; its elements are not read.
public struct Checkpoint: Sendable {
    /// A tensor in the file.
    struct Tensor: Sendable {
        let type: StorageType
        let shape: [Int]
        /// Of its first element, in bytes of the file.
        let start: Int
        /// In elements.
        let strides: [Int]
        fileprivate let storage: PickledStorage

        var elementCount: Int { shape.reduce(1, *) }
    }

    public let file: MappedFile
    /// Names as a model file has them, prefixed `kp_detector.` and `generator.`.
    let tensors: [String: Tensor]
    private let container: CheckpointContainer

    /// Whether a file begins as checkpoints do.
    public static func mayBeOne(_ file: MappedFile) -> Bool { CheckpointContainer.mayBeOne(file) }

    /// How it is stored, for people.
    public var format: String { container.kind.rawValue }

    static let networks = ["generator", "kp_detector"]

    /// - Throws: `WeightError`: `.notCheckpoint` and `.unsupportedModel` for files of another kind, which it names;
    ///   `.damaged`, `.forbidden` and `.tooLarge` as `PickleReader` and `ZipArchive`.
    public init(_ file: MappedFile) throws(WeightError) {
        self.file = file
        if ByteReader(bytes: file.bytes).slice(8, 2)?.elementsEqual("{\"".utf8) ?? false {
            throw WeightError(
                .notCheckpoint, file: file.name, "a safetensors model, not a checkpoint",
                hint: "nothing has to be imported: give it to --model")
        }
        container = try CheckpointContainer(file)
        let found = Self.tensors(in: container.pickle)
        try ForeignModel.refuse(Set(found.map(\.name)), file: file.name)
        var tensors: [String: Tensor] = [:]
        for (name, index) in found where Self.networks.contains(where: { name.hasPrefix($0 + ".") }) {
            guard !BatchNormDescription.isCounter(name) else { continue }
            let tensor = container.pickle.tensors[index]
            let storage = container.pickle.storages[tensor.storage]
            let range = try container.range(of: storage)
            let entry = Tensor(
                type: storage.type, shape: tensor.shape, start: range.lowerBound + tensor.offset * storage.type.size,
                strides: tensor.strides, storage: storage)
            guard tensors.updateValue(entry, forKey: name) == nil else {
                throw WeightError.damagedCheckpoint(file, tensor: name, "there twice")
            }
        }
        self.tensors = tensors
    }

    /// Every tensor's shape, by name.
    public var shapes: [String: [Int]] { tensors.mapValues(\.shape) }

    /// Checks that the elements are those that were written, where the file can tell.
    /// - Throws: `WeightError` `.damaged`.
    func verify(_ tensor: Tensor) throws(WeightError) { try container.verify(tensor.storage) }

    /// Tells the kernel that a tensor's bytes will not be read again soon.
    func finishedReading(_ tensor: Tensor) {
        guard let range = try? container.range(of: tensor.storage) else { return }
        file.finishedReading(range)
    }

    /// Names of all tensors that networks at the root, or state dictionaries one level below, have.
    private static func tensors(in pickle: Pickle) -> [(name: String, index: Int)] {
        var found: [(String, Int)] = []
        for (key, value) in pickle.entries(pickle.root) {
            guard let outer = pickle.string(key) else { continue }
            if case .tensor(let index) = value { found.append((withoutWrapper(outer), index)) }
            for (key, value) in pickle.entries(value) {
                guard let inner = pickle.string(key), case .tensor(let index) = value else { continue }
                found.append((withoutWrapper(outer) + "." + withoutWrapper(inner), index))
            }
        }
        return found
    }

    /// `torch.nn.DataParallel` puts `module.` before every name of the network it wraps.
    private static func withoutWrapper(_ name: String) -> String {
        let wrapper = "module."
        return name.hasPrefix(wrapper) ? String(name.dropFirst(wrapper.count)) : name
    }
}

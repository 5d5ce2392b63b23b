import FOMMCore

// What a pickle calls for, as records: dictionaries, storages and tensors.

extension PickleReader {
    /// Stands for a call: of the functions of ``PickleGlobal``, as what they would return.
    mutating func reduce() throws(WeightError) {
        let call = try pop(2)
        guard case .tuple(let index) = call[1] else { throw damaged("calls something with \(call[1].kind)") }
        let arguments = pickle.containers[index]
        switch call[0] {
        case .global(.orderedDictionary): try push(orderedDictionary(arguments))
        case .global(.rebuildTensor):
            try countObject()
            pickle.tensors.append(try tensor(arguments))
            try push(.tensor(pickle.tensors.count - 1))
        case .global(.rebuildParameter):
            guard case .tensor = arguments.first else { throw damaged("makes a parameter of something else") }
            try push(arguments[0])
        default: throw forbidden("a call of \(call[0].kind)")
        }
    }

    /// Python 3 sets the items afterwards; Python 2 gives a list of pairs.
    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue {
        var items: [PickleValue] = []
        if let argument = arguments.first {
            guard case .list(let list) = argument, arguments.count == 1 else {
                throw damaged("makes a dictionary of \(argument.kind)")
            }
            for pair in pickle.containers[list] {
                switch pair {
                case .list(let index) where pickle.containers[index].count == 2,
                    .tuple(let index) where pickle.containers[index].count == 2:
                    items += pickle.containers[index]
                default: throw damaged("makes a dictionary of something else than pairs")
                }
                guard items.count <= limits.values else { throw tooLarge("has more than \(limits.values) values") }
            }
        }
        return .dictionary(try newContainer(items))
    }

    /// Attributes of a dictionary, which PyTorch keeps version numbers in; nothing here needs them.
    mutating func build() throws(WeightError) {
        let state = try pop(1)[0]
        guard case .dictionary = try top(), case .dictionary = state else {
            throw forbidden("a state for \(try top().kind)")
        }
    }

    /// `('storage', type, key, device, element count)`, and of early PyTorch `view`: `None` or `(key, offset, count)`.
    mutating func persistentStorage(_ value: PickleValue) throws(WeightError) -> PickleValue {
        guard case .tuple(let index) = value else { throw damaged("has \(value.kind) for a storage") }
        let parts = pickle.containers[index]
        guard (5...6).contains(parts.count), pickle.string(parts[0]) == "storage",
            case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2],
            case .integer(let elementCount) = parts[4], elementCount >= 0,
            !elementCount.multipliedReportingOverflow(by: type.size).overflow
        else {
            throw damaged("describes a storage in a way that PyTorch does not")
        }
        var part = 0..<elementCount
        if parts.count == 6, case .tuple(let view) = parts[5] {
            let view = pickle.containers[view]
            guard view.count == 3, case .integer(let start) = view[1], case .integer(let count) = view[2], start >= 0,
                count >= 0, start <= elementCount, count <= elementCount - start
            else {
                throw damaged("has a view beyond storage \(pickle.string(key))")
            }
            part = start..<start + count
        }
        try countObject()
        pickle.storages.append(PickledStorage(key: key, type: type, elementCount: elementCount, part: part))
        return .storage(pickle.storages.count - 1)
    }

    private func tensor(_ arguments: [PickleValue]) throws(WeightError) -> PickledTensor {
        guard arguments.count >= 4, case .storage(let index) = arguments[0], case .integer(let offset) = arguments[1],
            offset >= 0, let shape = extents(arguments[2]), let strides = extents(arguments[3]),
            shape.count == strides.count
        else {
            throw damaged("describes a tensor in a way that PyTorch does not")
        }
        let storage = pickle.storages[index]
        // The last element there is, and whether there is one; every step may overflow in a file that lies.
        var last = offset
        var count = 1
        var overflows = false
        for (extent, stride) in zip(shape, strides) {
            let (reach, overflow1) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
            let (sum, overflow2) = last.addingReportingOverflow(reach)
            let (product, overflow3) = count.multipliedReportingOverflow(by: extent)
            (last, count) = (sum, product)
            overflows = overflows || overflow1 || overflow2 || overflow3
        }
        guard !overflows, count == 0 || last < storage.part.count else {
            throw damaged(
                "has a tensor of shape \(shape) at element \(offset) with strides \(strides), which is beyond its storage"
                    + " of \(storage.part.count) elements")
        }
        return PickledTensor(
            storage: index, offset: storage.part.lowerBound + offset, shape: shape, strides: strides)
    }

    /// A shape or strides: at most 8 numbers >= 0.
    private func extents(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let index) = value, pickle.containers[index].count <= 8 else { return nil }
        var extents: [Int] = []
        for item in pickle.containers[index] {
            guard case .integer(let extent) = item, extent >= 0 else { return nil }
            extents.append(extent)
        }
        return extents
    }
}

import FOMMCore

/// Reads a pickle as data. Where Python's unpickler imports and calls what a file names, this one knows a handful of names
/// (``PickleGlobal``) and makes plain records of them; everything else is an error.
///
/// Whatever the file says, memory stays below ``Limits`` and the time is linear in the file's length.
struct PickleReader {
    /// Many times what a checkpoint of this family needs.
    struct Limits: Sendable {
        /// Of the pickle itself; tensors' elements are elsewhere.
        var bytes = 16 << 20
        /// Lists, tuples, dictionaries, storages and tensors.
        var objects = 1 << 16
        /// Values in all containers together, and in the memo.
        var values = 1 << 19
        /// Values waiting on the stack.
        var stack = 1 << 16
        /// Containers begun inside one another.
        var depth = 256
        /// Bytes of one text.
        var text = 1 << 16
    }

    let file: String
    let limits: Limits
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private let end: Int
    var pickle: Pickle
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [PickleValue?] = []
    private var valueCount = 0

    /// - Parameters:
    ///   - bytes: of the file.
    ///   - range: where the pickle is, or where it starts and the latest it can end.
    ///   - file: the file's name, for messages.
    /// - Returns: what it says; ``Pickle/end`` is after its last byte.
    /// - Throws: `WeightError` `.damaged` where it is cut short or contradicts itself, `.forbidden` where it wants
    ///   something run or is in no form PyTorch writes, `.tooLarge` where it goes beyond `limits`.
    static func read(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, file: String, limits: Limits = Limits()
    ) throws(WeightError) -> Pickle {
        var reader = PickleReader(bytes, range, file, limits)
        while try reader.step() {}
        return reader.pickle
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ file: String, _ limits: Limits) {
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound])
        self.file = file
        self.limits = limits
        position = range.lowerBound
        end = min(range.upperBound, range.lowerBound + limits.bytes, Int(UInt32.max))
        pickle = Pickle(bytes: self.bytes)
    }

    /// Follows one instruction. - Returns: whether there is another.
    private mutating func step() throws(WeightError) -> Bool {
        let start = position
        let byte = try take(1)[0]
        guard let opcode = PickleOpcode(rawValue: byte) else {
            throw forbidden("opcode \(PickleOpcode.name(of: byte)) at byte \(start)")
        }
        switch opcode {
        case .proto:
            let version = try take(1)[0]
            guard (2...5).contains(version) else { throw forbidden("protocol \(version)") }
        case .frame:
            let length = try unsigned(8)
            guard length >= 0, length <= end - position else { throw truncated() }
        case .stop:
            guard stack.count == 1, marks.isEmpty else { throw damaged("ends in the middle of something") }
            pickle.root = stack[0]
            pickle.end = position
            return false
        case .mark:
            guard marks.count < limits.depth else { throw tooLarge("is nested more than \(limits.depth) deep") }
            marks.append(stack.count)
        case .none: try push(.none)
        case .newTrue: try push(.flag(true))
        case .newFalse: try push(.flag(false))
        case .binInt: try push(.integer(Int(Int32(truncatingIfNeeded: unsigned(4)))))
        case .binInt1: try push(.integer(unsigned(1)))
        case .binInt2: try push(.integer(unsigned(2)))
        case .long1: try push(longInteger(unsigned(1)))
        case .binFloat: try push(.real(Double(bitPattern: UInt64(bitPattern: Int64(unsigned(8)).byteSwapped))))
        case .shortBinString, .shortBinUnicode, .shortBinBytes: try push(.text(text(unsigned(1))))
        case .binString, .binUnicode, .binBytes: try push(.text(text(unsigned(4))))
        case .binUnicode8: try push(.text(text(unsigned(8))))
        case .emptyTuple: try push(.tuple(newContainer([])))
        case .tuple1: try push(.tuple(newContainer(pop(1))))
        case .tuple2: try push(.tuple(newContainer(pop(2))))
        case .tuple3: try push(.tuple(newContainer(pop(3))))
        case .tuple: try push(.tuple(newContainer(popToMark())))
        case .emptyList: try push(.list(newContainer([])))
        case .append: try append(pop(1))
        case .appends: try append(popToMark())
        case .emptyDict: try push(.dictionary(newContainer([])))
        case .setItem: try set(pop(2))
        case .setItems: try set(popToMark())
        case .binGet: try push(recall(unsigned(1)))
        case .longBinGet: try push(recall(unsigned(4)))
        case .binPut: try remember(at: unsigned(1))
        case .longBinPut: try remember(at: unsigned(4))
        case .memoize: try remember(at: memo.count)
        case .global:
            let module = try line()
            try push(global(module + "." + line()))
        case .stackGlobal:
            let names = try pop(2)
            guard let module = pickle.string(names[0]), let name = pickle.string(names[1]) else {
                throw damaged("names something with \(names[0].kind) and \(names[1].kind)")
            }
            try push(global(module + "." + name))
        case .reduce: try reduce()
        case .build: try build()
        case .binPersistentID: try push(persistentStorage(pop(1)[0]))
        }
        return true
    }
}

// MARK: - Bytes

extension PickleReader {
    private mutating func take(_ count: Int) throws(WeightError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= end - position else { throw truncated() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// A little-endian number of `count` bytes; negative where 8 bytes say more than `Int.max`.
    private mutating func unsigned(_ count: Int) throws(WeightError) -> Int {
        let bytes = try take(count)
        return Int(truncatingIfNeeded: bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }

    private mutating func longInteger(_ count: Int) throws(WeightError) -> PickleValue {
        guard count <= 8 else { return .longInteger(try text(count)) }
        let bytes = try take(count)
        let fill: UInt64 = bytes.last.map { $0 >= 0x80 } ?? false ? .max : 0
        return .integer(Int(Int64(bitPattern: bytes.reversed().reduce(fill) { $0 << 8 | UInt64($1) })))
    }

    private mutating func text(_ count: Int) throws(WeightError) -> PickleText {
        guard count >= 0, count <= end - position else { throw truncated() }
        guard count <= limits.text else { throw tooLarge("has a text of \(count) bytes") }
        defer { position += count }
        return PickleText(start: UInt32(position), count: UInt32(count))
    }

    /// Up to a line feed, which is not part of it.
    private mutating func line() throws(WeightError) -> String {
        let start = position
        while try take(1)[0] != UInt8(ascii: "\n") {
            guard position - start <= 256 else { throw damaged("has a name that does not end") }
        }
        return printable(bytes[start..<position - 1])
    }

    private func global(_ name: String) throws(WeightError) -> PickleValue {
        guard let global = PickleGlobal(name) else {
            throw WeightError(
                .forbidden, file: file, "the pickle asks for \(name), which no plain checkpoint needs; it was not run",
                hint: "do not load this file with Python unless you trust who made it")
        }
        return .global(global)
    }
}

// MARK: - Stack, memo and containers

extension PickleReader {
    mutating func push(_ value: PickleValue) throws(WeightError) {
        guard stack.count < limits.stack else { throw tooLarge("has more than \(limits.stack) values waiting") }
        stack.append(value)
    }

    /// The topmost `count` values, lowest first. None below a mark.
    mutating func pop(_ count: Int) throws(WeightError) -> [PickleValue] {
        guard stack.count - count >= marks.last ?? 0 else { throw damaged("takes a value that is not there") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(WeightError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw damaged("ends a group that was not begun") }
        return try pop(stack.count - mark)
    }

    /// What is on top, and stays there.
    func top() throws(WeightError) -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else {
            throw damaged("takes a value that is not there")
        }
        return value
    }

    mutating func newContainer(_ items: [PickleValue]) throws(WeightError) -> Int {
        try countObject()
        try count(items.count)
        pickle.containers.append(items)
        return pickle.containers.count - 1
    }

    private mutating func count(_ values: Int) throws(WeightError) {
        valueCount += values
        guard valueCount <= limits.values else { throw tooLarge("has more than \(limits.values) values") }
    }

    func countObject() throws(WeightError) {
        guard pickle.containers.count + pickle.storages.count + pickle.tensors.count < limits.objects else {
            throw tooLarge("has more than \(limits.objects) objects")
        }
    }

    private mutating func append(_ items: [PickleValue]) throws(WeightError) {
        guard case .list(let index) = try top() else { throw damaged("appends to \(try top().kind)") }
        try count(items.count)
        pickle.containers[index] += items
    }

    private mutating func set(_ items: [PickleValue]) throws(WeightError) {
        guard case .dictionary(let index) = try top() else { throw damaged("sets an item of \(try top().kind)") }
        guard items.count.isMultiple(of: 2) else { throw damaged("has a key without a value") }
        try count(items.count)
        pickle.containers[index] += items
    }

    private func recall(_ index: Int) throws(WeightError) -> PickleValue {
        guard memo.indices.contains(index), let value = memo[index] else {
            throw damaged("recalls value \(index), which was not remembered")
        }
        return value
    }

    /// Python numbers what it remembers from 0; gaps are allowed as far as the memory for them is.
    private mutating func remember(at index: Int) throws(WeightError) {
        let value = try top()
        guard index < limits.objects else { throw tooLarge("remembers a value under number \(index)") }
        if index >= memo.count { memo += repeatElement(nil, count: index + 1 - memo.count) }
        memo[index] = value
    }
}

// MARK: - What goes wrong

extension PickleReader {
    private func truncated() -> WeightError {
        end < bytes.count ? tooLarge("is longer than \(limits.bytes) bytes") : damaged("is cut short")
    }

    func damaged(_ detail: String) -> WeightError {
        WeightError(
            .damaged, file: file, "the pickle \(detail) (byte \(position))",
            hint: "copy or download the checkpoint again"
        )
    }

    func forbidden(_ what: String) -> WeightError {
        WeightError(
            .forbidden, file: file, "the pickle has \(what), which no plain checkpoint has; nothing of it was run",
            hint: "do not load this file with Python unless you trust who made it")
    }

    func tooLarge(_ detail: String) -> WeightError {
        WeightError(
            .tooLarge, file: file, "the pickle \(detail), which no checkpoint of this family does",
            hint: "it is not one, or it was made to do harm")
    }
}

/// What the kernel calls a file is bytes, mostly UTF-8. Here it is a string: a byte that is none becomes one of 128 scalars
/// of the last private-use plane, and goes back to the kernel, and to other programs, as the byte that it was.
extension String {
    /// The scalar of byte 0; only those of bytes from 0x80 on are used.
    private static let firstScalar: UInt32 = 0x10FF00
    private static let scalars = firstScalar + 0x80...firstScalar + 0xFF

    /// - Parameter bytes: as the kernel has them, without the zero at the end.
    package init(fileName bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self), !text.mayHoldBytes {
            self = text
            return
        }
        var scalars = String.UnicodeScalarView()
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let length = (1...4).first { Self.scalar(rest.prefix($0)) != nil }
            if let length, let scalar = Self.scalar(rest.prefix(length)) {
                scalars.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                scalars.append(Unicode.Scalar(Self.firstScalar + UInt32(first))!)
                rest = rest.dropFirst()
            }
        }
        self.init(scalars)
    }

    /// - Parameter name: ends with a zero.
    package init(fileName name: UnsafePointer<CChar>) {
        var length = 0
        while name[length] != 0 { length += 1 }
        self.init(fileName: UnsafeRawBufferPointer(start: name, count: length))
    }

    /// The bytes that ``init(fileName:)`` had, with a zero behind them.
    package func withFileName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        guard mayHoldBytes else { return withCString(body) }
        var bytes: [CChar] = []
        for scalar in unicodeScalars {
            if Self.scalars.contains(scalar.value) {
                bytes.append(CChar(bitPattern: UInt8(truncatingIfNeeded: scalar.value)))
            } else {
                bytes += UTF8.encode(scalar)!.map { CChar(bitPattern: $0) }
            }
        }
        bytes.append(0)
        return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    /// Whether it is written with what scalars of bytes begin with.
    private var mayHoldBytes: Bool { utf8.contains(0xF4) }

    /// - Returns: `nil` for what is no scalar, and for those that stand for bytes.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.count == 1,
            let scalar = text.unicodeScalars.first, !scalars.contains(scalar.value)
        else { return nil }
        return scalar
    }

    /// With a question mark for each scalar that stands for a byte.
    var withoutBytes: String {
        mayHoldBytes ? String(UnicodeScalarView(unicodeScalars.map { Self.isByte($0) ? "?" : $0 })) : self
    }

    /// Whether a scalar stands for a byte that is no text.
    static func isByte(_ scalar: Unicode.Scalar) -> Bool { scalars.contains(scalar.value) }
}

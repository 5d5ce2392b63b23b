/// Compares names as people number them: runs of digits by value, so that `frame9` comes before `frame10`.
///
/// - Returns: whether `left` comes first. A total order: names that differ only in leading zeros go byte by byte.
func precedesNaturally(_ left: String, _ right: String) -> Bool {
    var (rest, other) = (Substring(left).utf8, Substring(right).utf8)
    while let first = rest.first, let second = other.first {
        if isDigit(first), isDigit(second) {
            let (number, otherNumber) = (takeNumber(&rest), takeNumber(&other))
            if number.count != otherNumber.count { return number.count < otherNumber.count }
            if !number.elementsEqual(otherNumber) { return number.lexicographicallyPrecedes(otherNumber) }
        } else {
            if first != second { return first < second }
            rest.removeFirst()
            other.removeFirst()
        }
    }
    if rest.isEmpty != other.isEmpty { return rest.isEmpty }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// Takes the digits at the start and returns them without leading zeros: of any length, so never as an integer.
private func takeNumber(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
    let digits = text.prefix(while: isDigit)
    text = text[digits.endIndex...]
    return digits.drop { $0 == UInt8(ascii: "0") }
}

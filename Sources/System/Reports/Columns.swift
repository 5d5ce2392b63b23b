extension String {
    /// With blanks before it, to fill a column of a table.
    package func right(in width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// With blanks behind it.
    package func left(in width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

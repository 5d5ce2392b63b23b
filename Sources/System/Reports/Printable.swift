extension String {
    /// The same on one line, without orders to a terminal and bytes that are no text: a file may be called as it likes.
    package var printable: String {
        String(
            UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control || String.isByte($0) ? "?" : $0 }))
    }
}

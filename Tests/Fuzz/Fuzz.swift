import Glibc

/// libFuzzer's own main(), which the package manager's entry point takes the place of.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ readOne: @convention(c) (UnsafeRawPointer?, Int) -> CInt
) -> CInt

/// The process's entry: scripts/fuzz.sh builds and runs it. `PUPPET_FUZZ` names the reader; with `PUPPET_FUZZ_SEEDS` set,
/// its seeds are written into that folder instead.
@_cdecl("Fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    if let folder = getenv("PUPPET_FUZZ_SEEDS") {
        Reader.chosen.writeSeeds(to: String(cString: folder))
        return 0
    }
    // What is made once, such as a loaded model, is not to count as the first input's time.
    Reader.chosen.read(UnsafeRawBufferPointer(start: nil, count: 0))
    var (count, arguments) = (count, arguments)
    // One input at a time. Whatever the reader throws is fine; what crashes, hangs or eats memory is found.
    return runFuzzer(&count, &arguments) { data, count in
        Reader.chosen.read(UnsafeRawBufferPointer(start: data, count: count))
        return 0
    }
}

import Glibc
import Synchronization
import SystemPackage

/// A file that appears under its own name complete, or not at all.
///
/// Bytes go to a hidden temporary beside the target and ``commit()`` renames it. An existing device or FIFO is written
/// directly: renaming over `/dev/null` would replace it. One queue owns a value; a value that ends uncommitted
/// discards.
///
/// There is no fsync(): the promise covers what a program meets while it runs (a full disk, cancelling, a crash of
/// ours), which rename() keeps alone. Surviving a power cut would cost tens of milliseconds for every PNG of a clip.
package final class AtomicFile {
    private enum Destination {
        case rename(to: String)
        case special
        case borrowed
    }

    /// The name the user gave, for messages.
    package let path: String
    /// The file that receives the bytes until ``commit()``; another program may be told to write it instead of us.
    package let workingPath: String
    /// Whether those bytes get their name with ``commit()`` alone; false for what is written directly.
    package var isTemporary: Bool { if case .rename = destination { true } else { false } }
    private let destination: Destination
    private let writeCall: WriteCall
    private var descriptor: CInt  // -1 once committed or discarded

    /// Temporaries that now exist, for ``removeAllTemporaries()``.
    private static let temporaries = Mutex<Set<String>>([])

    /// Creates the temporary, so that a folder which cannot be written is known at once.
    ///
    /// - Parameters:
    ///   - suffix: how the temporary's name ends; programs that choose a format by name need it.
    ///   - writeCall: replaced by tests that play a full disk.
    /// - Throws: `.cannotWrite`.
    package init(
        path: String, suffix: String = ".tmp", writeCall: @escaping WriteCall = { Glibc.write($0, $1, $2) }
    ) throws(FrameError) {
        self.path = path
        self.writeCall = writeCall
        do throws(Errno) {
            switch try FileKind(path: path) {
            case .folder:
                throw Errno.isDirectory
            case .disk:
                throw Errno.notSupported
            case .special:
                destination = .special
                workingPath = path
                descriptor = try systemCall { path.withFileName { open($0, O_WRONLY | O_CLOEXEC) } }
            case .missing where isDevice(path):
                throw Errno.noSuchAddressOrDevice
            case .missing, .regular:
                let target = finalTarget(path)  // a link stays a link: the file it leads to is the one to replace
                destination = .rename(to: target)
                (workingPath, descriptor) = try Self.createTemporary(beside: target, suffix: suffix)
            }
        } catch {
            throw Self.creationFailure(path: path, error)
        }
    }

    /// Writes to a descriptor that somebody else owns and closes, for example standard output.
    package init(borrowing descriptor: CInt, path: String) {
        self.path = path
        self.descriptor = descriptor
        workingPath = path
        destination = .borrowed
        writeCall = { Glibc.write($0, $1, $2) }
    }

    deinit { discard() }

    /// Removes every temporary of the process, which must then exit: for leaving in the middle of something that cannot be
    /// stopped in order. From any queue.
    package static func removeAllTemporaries() {
        temporaries.withLock { paths in
            for path in paths { path.withFileName { _ = unlink($0) } }
            paths = []
        }
    }

    /// Whether it can be written, committed and discarded.
    package var isOpen: Bool { descriptor >= 0 }

    /// Appends bytes. After a failure the file is to be discarded, or ``truncate(to:)`` what is sound of it.
    ///
    /// - Throws: `.cannotWrite`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FrameError) {
        precondition(descriptor >= 0, "\(path): write after commit or discard")
        do throws(Errno) {
            try writeAll(bytes, to: descriptor, using: writeCall)
        } catch {
            throw writeFailure(error)
        }
    }

    /// Takes back what was written after the first `bytes`.
    ///
    /// - Throws: `.cannotWrite`.
    package func truncate(to bytes: Int) throws(FrameError) {
        precondition(descriptor >= 0, "\(path): truncate after commit or discard")
        do throws(Errno) {
            _ = try systemCall { ftruncate(descriptor, bytes) }
        } catch {
            throw writeFailure(error)
        }
    }

    /// The same with a whole array.
    package func write<Number: BitwiseCopyable>(_ numbers: [Number]) throws(FrameError) {
        // Not withUnsafeBytes alone: it would widen the error's type.
        try numbers.withUnsafeBytes { bytes in Result { () throws(FrameError) in try write(bytes) } }.get()
    }

    /// Makes the file appear under its name.
    ///
    /// - Throws: `.cannotWrite`, having discarded the file: some file systems report a full disk only on closing.
    package func commit() throws(FrameError) {
        precondition(descriptor >= 0, "\(path): commit after commit or discard")
        do throws(Errno) {
            try closeDescriptor()
            if case .rename(let target) = destination {
                _ = try systemCall { Self.rename(workingPath, to: target) }
                Self.forget(workingPath)
            }
        } catch {
            removeTemporary()
            throw writeFailure(error)
        }
    }

    /// Removes what was written; does nothing after ``commit()``.
    package func discard() {
        guard descriptor >= 0 else { return }
        try? closeDescriptor()
        removeTemporary()
    }

    private func closeDescriptor() throws(Errno) {
        let closing = descriptor
        descriptor = -1
        if case .borrowed = destination { return }
        // On Linux an interrupted close() has closed all the same; closing again could hit somebody else's file.
        guard close(closing) < 0 else { return }
        let reason = Errno(rawValue: errno)
        if reason != .interrupted { throw reason }
    }

    private func removeTemporary() {
        guard case .rename = destination else { return }
        workingPath.withFileName { _ = unlink($0) }
        Self.forget(workingPath)
    }

    private static func rename(_ old: String, to new: String) -> CInt {
        old.withFileName { old in new.withFileName { Glibc.rename(old, $0) } }
    }

    private static func forget(_ temporary: String) { temporaries.withLock { _ = $0.remove(temporary) } }

    /// The name is short whatever the target is called, so it cannot exceed what the file system allows.
    private static func createTemporary(
        beside target: String, suffix: String
    ) throws(Errno) -> (path: String, descriptor: CInt) {
        let folder = FilePath(target).removingLastComponent()
        for attempt in 0..<10_000 {
            let path = folder.appending(".puppet-\(getpid())-\(attempt)\(suffix)").string
            do throws(Errno) {
                // 0666 lets the user's umask decide, as it does for every other program's output.
                let descriptor = try systemCall {
                    path.withFileName { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
                }
                temporaries.withLock { _ = $0.insert(path) }
                // Held for as long as somebody writes: whoever finds the file later knows that nobody does.
                flock(descriptor, LOCK_EX | LOCK_NB)
                return (path, descriptor)
            } catch .fileExists {
                continue
            }
        }
        throw Errno.fileExists
    }

    private static func creationFailure(path: String, _ reason: Errno) -> FrameError {
        let hint =
            switch reason {
            case .isDirectory: "give the name of a file"
            case .notSupported: "it is a disk; give the name of a file"
            case .noSuchFileOrDirectory: "create its folder first"
            case .noSpace, .diskQuotaExceeded: "free some space or choose another disk"
            default: "choose a folder that you may write to"
            }
        return FrameError(.cannotWrite, path, "cannot create the file", hint: hint, underlying: reason)
    }

    private func writeFailure(_ reason: Errno) -> FrameError {
        let detail: String
        let hint: String?
        switch reason {
        case .noSpace, .diskQuotaExceeded:
            detail = isTemporary ? "cannot write the file" : "cannot write to it"
            hint = (isTemporary ? "nothing was kept; " : "") + "free some space or choose another disk"
        case .brokenPipe:
            detail = "its reader has gone"
            hint = "let the reader run to the end"
        default:
            detail = isTemporary ? "cannot write the file" : "cannot write to it"
            hint = "choose another place"
        }
        return FrameError(.cannotWrite, path, detail, hint: hint, underlying: reason)
    }
}

import Glibc

/// How another program starts: with default signals, none of them blocked.
struct SpawnAttributes: ~Copyable {
    private(set) var value = posix_spawnattr_t()

    /// - Parameter ownGroup: whether it gets a process group of its own.
    init(ownGroup: Bool) {
        posix_spawnattr_init(&value)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&value, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&value, &signals)
        posix_spawnattr_setpgroup(&value, 0)
        let group = ownGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&value, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
    }

    deinit {
        var value = value
        posix_spawnattr_destroy(&value)
    }
}

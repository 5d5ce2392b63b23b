/// What a layer that works along lines computes of its output; see ``TileList``.
typealias TileRuns = UnsafeBufferPointer<TileRun>

// Every tile shape that conv2d_rows may ask for, TILE(blocks, rows, columns), for the tile size of this folder.
#define TILES_OF(BLOCKS)                                                                               \
    TILE(BLOCKS, 1, 1) TILE(BLOCKS, 1, 2) TILE(BLOCKS, 1, 3) TILE(BLOCKS, 1, 4) TILE(BLOCKS, 1, 5)     \
    TILE(BLOCKS, 1, 6) TILE(BLOCKS, 2, 1) TILE(BLOCKS, 2, 2) TILE(BLOCKS, 2, 3) TILE(BLOCKS, 4, 1)
#define WIDE_TILES_OF(BLOCKS)                                                                          \
    TILE(BLOCKS, 1, 7) TILE(BLOCKS, 1, 8) TILE(BLOCKS, 1, 9) TILE(BLOCKS, 1, 10) TILE(BLOCKS, 1, 11)   \
    TILE(BLOCKS, 1, 12) TILE(BLOCKS, 1, 13) TILE(BLOCKS, 1, 14) TILE(BLOCKS, 2, 4) TILE(BLOCKS, 2, 5)  \
    TILE(BLOCKS, 2, 6) TILE(BLOCKS, 2, 7) TILE(BLOCKS, 4, 2) TILE(BLOCKS, 4, 3)

TILES_OF(1)
#if TILE_PIXELS == 14
WIDE_TILES_OF(1)
#endif
#if TILE_BLOCKS == 2
TILES_OF(2)
#if TILE_PIXELS == 14
WIDE_TILES_OF(2)
#endif
#endif

#undef TILES_OF
#undef WIDE_TILES_OF

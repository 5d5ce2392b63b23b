/// The checksum of ZIP archives alone. libpng needs the library anyway.
#include <zlib.h>

zfs
create
-o
compression=zstd-fast-7
-o
checksum=blake3
k/cs

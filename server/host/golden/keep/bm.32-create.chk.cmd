zfs
create
-o
checksum=bogus
k/cs2

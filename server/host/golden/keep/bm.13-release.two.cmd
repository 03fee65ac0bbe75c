zfs
release
h
k/b@T
k/b@none

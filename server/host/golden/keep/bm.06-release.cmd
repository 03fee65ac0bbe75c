zfs
release
h
k/b@T

zfs
release
h
k/b@none

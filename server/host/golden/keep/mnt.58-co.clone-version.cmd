zfs
clone
-o
version=5
k/co@T
k/co5

zfs
clone
-o
casesensitivity=mixed
k/co@T
k/co3

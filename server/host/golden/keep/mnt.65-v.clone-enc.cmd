zfs
clone
-o
encryption=off
k/vv@T
k/vv8

zfs
clone
-o
utf8only=on
k/co@T
k/co4

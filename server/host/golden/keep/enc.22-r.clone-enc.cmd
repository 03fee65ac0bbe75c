zfs
clone
-o
encryption=on
k/e/v@T
k/e/w1

zfs
clone
k/co@T
k/co2

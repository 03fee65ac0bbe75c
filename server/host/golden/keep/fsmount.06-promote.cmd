zfs
promote
k/m

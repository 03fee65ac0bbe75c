zfs
promote
k2/dst

namespace UserManagement.Simulator.Tests;

/// <summary>Ways in which a server can be wrong.</summary>
[Flags]
public enum Fault
{
    None = 0,
    IgnoresActiveText = 1,
    EmptiesGroupOnRemove = 2,
    CaseSensitiveFilter = 4,
    UnknownFilterFindsAll = 8,
    DeletedStays = 16,
    SometimesFails = 32,
    DropsAfterPost = 64,
    BusyAtTimes = 128,
    ForgetsPatches = 256,
    AcceptsDuplicates = 512,
    DropsAfterDelete = 1024,
    Slow = 2048,
}

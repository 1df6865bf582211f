using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The built server, and a directory as JumpCloud's provisioning behaves, its self-test at activation first.</summary>
public sealed class JumpCloudTests
{
    [Theory]
    [EachDatabase]
    public Task The_self_test_passes_and_people_and_groups_are_kept(Database kind) =>
        DirectoryDrill.RunAsync(kind, "jumpcloud --users 60 --groups 6");
}

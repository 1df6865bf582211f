using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The built server, and a directory as OneLogin's provisioning behaves: templates by PUT, leavers deleted or suspended.</summary>
public sealed class OneLoginTests
{
    [Theory]
    [EachDatabase]
    public Task Templates_by_put_find_nothing_wrong_whether_leavers_are_deleted_or_kept(Database kind) =>
        DirectoryDrill.RunAsync(kind, "onelogin --users 40 --groups 5", "onelogin --keep --users 20 --groups 3");
}

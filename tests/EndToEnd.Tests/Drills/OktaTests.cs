using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The built server, and a directory as Okta's provisioning behaves, with both kinds of its apps.</summary>
public sealed class OktaTests
{
    [Theory]
    [EachDatabase]
    public Task A_catalog_app_and_a_custom_app_find_nothing_wrong(Database kind) =>
        DirectoryDrill.RunAsync(kind, "okta --users 80 --groups 8", "okta --app custom --users 30 --groups 4");
}

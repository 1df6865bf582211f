using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Makes the pictures of the README; copy them from <c>test-artifacts/</c> to <c>docs/pictures/</c> when pages changed.</summary>
[Collection(nameof(Acme))]
public class ReadmePicturesTests(Acme acme)
{
    [Fact]
    public async Task The_member_list_and_a_members_page()
    {
        var page = await acme.Site.AdminPageAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Artifacts.Folder, "readme-members.png") });
        await page.GotoAsync($"/w/acme/members/{acme.Amara.Id}");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Artifacts.Folder, "readme-member.png") });
        Assert.True(new FileInfo(Path.Combine(Artifacts.Folder, "readme-member.png")).Length < 300 * 1024);
    }
}

using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

public class ImportTests
{
    private const string New = "/w/acme/invite/import";

    [Theory, EachDatabase]
    [Shows("S2-09", "S2-10", "S2-12", "S2-13", "S2-17", "S2-18")]
    public async Task A_file_is_looked_at_corrected_and_sent_and_nobody_is_invited_before(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "csv");
        var template = await site.Admin.GetAsync(New + "/template");
        Assert.Equal((HttpStatusCode.OK, "email,role\r\n"), (template.Status, template.Text.TrimStart('\uFEFF')));
        Assert.Contains("attachment", template.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Contains("Invite multiple users", (await site.Admin.GetAsync("/w/acme/invite")).Text, StringComparison.Ordinal);

        foreach (
            var (pasted, says) in new[]
            {
                ("", "The file is empty"),
                ("mail,role\nx@example.com,user", "Column 1 must be “email”, and is “mail”"),
                ("email,role", "no row"),
            }
        )
        {
            var refused = await site.Admin.PostAsync(New, ("pasted", pasted));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
            Assert.Contains(says, WebUtility.HtmlDecode(refused.Text), StringComparison.Ordinal);
        }

        var started = await site.Admin.PostAsync(
            New,
            (
                "pasted",
                $"email;role\nnew@example.com;User\nADA@example.com;user\nnobody;user\n\"=HYPERLINK(\"\"x\"\")\";{AdminSite.Hostile.Replace("\"", "", StringComparison.Ordinal).Replace(";", "", StringComparison.Ordinal)}\n"
            )
        );
        Assert.Equal(HttpStatusCode.SeeOther, started.Status);
        var here = started.Location!;
        var preview = await site.Admin.GetAsync(here);
        Assert.Contains("1 of 4 rows can be sent, 3 are faulty", preview.Text, StringComparison.Ordinal);
        Assert.Contains("This person is a user already.", preview.Text, StringComparison.Ordinal);
        Assert.Contains("This is no valid e-mail address.", preview.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", preview.Text, StringComparison.Ordinal);
        Assert.Contains("Send 1 of 4", preview.Text, StringComparison.Ordinal);
        Assert.True(
            preview.Text.IndexOf("email-3", StringComparison.Ordinal) < preview.Text.IndexOf("new@example.com", StringComparison.Ordinal),
            "faulty rows come first"
        );
        Assert.DoesNotContain("new@example.com", (await site.Admin.GetAsync(here + "?rows=faulty")).Text, StringComparison.Ordinal);

        var all = await site.Admin.PressAsync(preview, here + "/rows", here + "/send", ("mode", "all"));
        Assert.Equal(HttpStatusCode.Conflict, all.Status);
        Assert.Contains("3 of 4 rows are faulty, so nothing was sent.", all.Text, StringComparison.Ordinal);

        // What is typed and not checked yet counts; where it changes how many are sent, it is shown first.
        var typed = await site.Admin.PressAsync(
            preview,
            here + "/rows",
            here + "/send",
            ("mode", "valid"),
            ("email-4", "somebody@example.com"),
            ("role-4", "user")
        );
        Assert.Equal(HttpStatusCode.Conflict, typed.Status);
        Assert.Contains("By now 2 of 4 rows can be sent, not 1.", typed.Text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await site.Admin.PressAsync(preview, here + "/rows", ("email-5", "third@example.com"), ("role-5", "administrator"))).Status
        );
        preview = await site.Admin.GetAsync(here);
        Assert.Contains("3 of 4 rows can be sent, 1 is faulty", preview.Text, StringComparison.Ordinal);
        await using (var db = site.Server.Store.Read())
        {
            Assert.DoesNotContain(db.Members, m => m.State == MemberState.Invited);
        }

        foreach (var _ in new[] { "once", "and pressed again" })
        {
            Assert.Equal(here, (await site.Admin.PressAsync(preview, here + "/rows", here + "/send", ("mode", "valid"))).Location);
        }

        var job = await Until.FoundAsync(async () =>
            await site.Admin.GetAsync(here) is { } page && page.Text.Contains("Invitations sent", StringComparison.Ordinal) ? page : null
        );
        Assert.Contains("3 of 4 invited, 1 not invited.", job.Text, StringComparison.Ordinal);
        Assert.False(job.Headers.ContainsKey("Refresh"));
        await using (var db = site.Server.Store.Read())
        {
            Assert.Equal(
                ["new@example.com user", "somebody@example.com user", "third@example.com administrator"],
                db.Members.Where(m => m.State == MemberState.Invited)
                    .AsEnumerable()
                    .Select(m => $"{m.UserName} {m.Role}")
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    [Theory, EachDatabase]
    public async Task An_uploaded_file_of_another_kind_is_refused_and_one_that_is_too_large(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind, "csv");
        (byte[] File, int Status, string Says)[] files =
        [
            ([], 422, "The file is empty"),
            ([0x50, 0x4B, 3, 4, 9, 9], 422, "workbook"),
            ([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13], 422, "UTF-8"),
            (new byte[(5 * 1024 * 1024) + 1], 422, "larger than 5 MB"),
            (new byte[20 * 1024 * 1024], 422, "larger than 5 MB"),
            (new byte[200 * 1024 * 1024], 413, "That is too large"),
            ([.. "\uFEFFemail\trole\nx@example.com\tuser"u8], 303, ""),
        ];
        foreach (var (file, status, says) in files)
        {
            var answer = await site.Admin.UploadAsync(New, file);
            Assert.Equal(status, (int)answer.Status);
            Assert.Contains(says, answer.Text, StringComparison.Ordinal);
        }
    }
}

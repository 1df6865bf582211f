using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Inviting from a CSV file as an admin does it: upload, faulty rows, correction, sending, the outcome.</summary>
public class ImportPagesTests(BrowserSession browser)
{
    [Fact]
    [Shows("S2-09", "S2-13", "S2-17")]
    public async Task A_file_is_uploaded_corrected_and_sent()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite, "csv");
        await site.ProvisionAsync("asleep@example.com", active: false);
        await site.InviteAsync("invited@example.com");
        var page = await site.AdminPageAsync();
        await page.GotoAsync("/w/acme/invite");
        await page.GetByRole(AriaRole.Link, new() { Name = "Invite multiple users" }).ClickAsync();
        await Looks.Good(site, page, "import-upload");

        var rows =
            "email,role\n"
            + string.Concat(Enumerable.Range(1, 12).Select(i => $"person{i}@example.com,User\n"))
            + "PERSON3@example.com,user\ninvited@example.com,user\nasleep@example.com,administrator\ngrace.example.com,user\na.rather.long.address.of.somebody.new@subsidiary.of.a.company.example.com,Emperor\n";
        await page.GetByLabel("CSV file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "people.csv",
                    MimeType = "text/csv",
                    Buffer = System.Text.Encoding.UTF8.GetBytes(rows),
                }
            );
        await page.GetByRole(AriaRole.Button, new() { Name = "Show preview" }).ClickAsync();
        await Expect(page.GetByText("12 of 17 rows can be sent, 5 are faulty.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "import-preview");

        await page.GetByRole(AriaRole.Link, new() { Name = "Only faulty" }).ClickAsync();
        await page.GetByLabel("E-mail address, line 17").FillAsync("grace@example.com");
        await page.GetByLabel("Role, line 18").SelectOptionAsync(new SelectOptionValue { Label = "Administrator" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Check again" }).ClickAsync();
        await Expect(page.GetByText("14 of 17 rows can be sent, 3 are faulty.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Invitations sent" })).ToBeVisibleAsync();
        await Expect(page.GetByText("14 of 17 invited, 3 not invited.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "import-job");
    }

    [Fact]
    public async Task A_file_that_is_far_too_large_is_refused_in_place_and_is_never_sent()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite, "csv");
        var page = await site.AdminPageAsync();
        await page.GotoAsync("/w/acme/invite/import");
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        try
        {
            await using (var large = File.Create(file))
            {
                large.SetLength(200L * 1024 * 1024);
            }

            List<string> sent = [];
            page.Request += (_, request) => sent.Add(request.Method);
            var input = page.GetByLabel("CSV file");
            await input.SetInputFilesAsync(file);
            Assert.Equal("The file is larger than 5 MB. Split it.", await input.EvaluateAsync<string>("i => i.validationMessage"));
            await page.GetByRole(AriaRole.Button, new() { Name = "Show preview" }).ClickAsync();
            Assert.DoesNotContain("POST", sent);

            // another one in its place goes
            await input.SetInputFilesAsync(
                new FilePayload
                {
                    Name = "people.csv",
                    MimeType = "text/csv",
                    Buffer = "email,role\nada2@example.com,User\n"u8.ToArray(),
                }
            );
            await page.GetByRole(AriaRole.Button, new() { Name = "Show preview" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "ada2@example.com" })).ToBeVisibleAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }
}

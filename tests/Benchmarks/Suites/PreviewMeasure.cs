using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Report;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What an admin waits for who uploads a spreadsheet of 10,000 rows: from the press of the button to the last byte of the preview, each row
/// read, judged beside the members and the open invitations, and kept. Every tenth row is a member already.
/// </summary>
internal static partial class PreviewMeasure
{
    private const int Rows = 10_000;
    private const double MostSeconds = 3;

    public static async Task<MarkdownTable> RunAsync(Database kind, params (HttpClient Http, Filled Filled)[] sides)
    {
        var table = new MarkdownTable($"{kind}: preview of a CSV of {Rows} rows", "members", "s", $"at most {MostSeconds} s", "");
        foreach (var (http, filled) in sides)
        {
            List<double> times = [];
            var file = File(filled);
            for (var i = -1; i < 5; i++)
            {
                var took = await OnceAsync(http, file);
                if (i >= 0)
                {
                    times.Add(took);
                }
            }

            var median = Figures.Median(times);
            table.Add("", Figures.Size(filled.Main.Members), Figures.Number(median), "", Figures.Verdict(median, null, MostSeconds));
        }

        return table;
    }

    private static async Task<double> OnceAsync(HttpClient http, byte[] file)
    {
        using var form = await http.GetAsync("invite/import");
        var token = Token().Match(await form.Content.ReadAsStringAsync());
        var cookies = form.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => c.Split(';')[0]) : [];
        using var request = new HttpRequestMessage(HttpMethod.Post, "invite/import");
        request.Headers.Add("Cookie", string.Join("; ", [.. http.DefaultRequestHeaders.GetValues("Cookie"), .. cookies]));
        request.Content = new MultipartFormDataContent
        {
            { new StringContent(WebUtility.HtmlDecode(token.Groups[1].Value)), "__RequestVerificationToken" },
            { new ByteArrayContent(file), "file", "people.csv" },
        };
        var began = Stopwatch.GetTimestamp();
        using var kept = await http.SendAsync(request);
        if (kept.StatusCode != HttpStatusCode.SeeOther)
        {
            throw new InvalidOperationException($"The file was answered with {(int)kept.StatusCode}.");
        }

        using var preview = await http.GetAsync(kept.Headers.Location);
        preview.EnsureSuccessStatusCode();
        await preview.Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static byte[] File(Filled filled)
    {
        var people = filled.Main.People;
        var text = new StringBuilder("email,role\r\n");
        for (var i = 0; i < Rows; i++)
        {
            text.Append(i % 10 == 0 ? people[i % people.Count].UserName : $"new.person{i}@elsewhere.test").Append(",viewer\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

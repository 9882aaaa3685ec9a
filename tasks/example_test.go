package tasks_test

import (
	"fmt"

	"github.com/euryale-ml/euryale/tasks"
)

func Example() {
	task := tasks.NewDelayedMatch(tasks.Timing{Dt: 40})
	fmt.Print(task)

	batch, err := task.Batch(tasks.Train, 0, 64)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(batch.Lanes, "trials of", batch.Steps, "steps,", batch.Channels, "inputs,", batch.Outputs, "outputs")

	silent := make([]float64, batch.Lanes*batch.Steps*batch.Outputs)
	fmt.Printf("loss %.3f, accuracy %.0f %%\n", batch.Loss(silent), 100*batch.Accuracy(silent))
	// Output:
	// dms: delayed match to sample
	//   step       40 ms, at most 78 steps
	//   inputs     3: fixation, stimulus1, stimulus2
	//   outputs    3: fixation, match, non-match
	//   loss       cross-entropy of a softmax
	//   correct    the greatest output, averaged over the answer, is the class; all answers of a trial count
	//   ceiling    100.0 %
	//   difficulty noise × 1, delay × 1
	//   epochs     ms
	//     fixation     300
	//     sample       500
	//     delay        1000
	//     test         500
	//     decision     900
	// 64 trials of 78 steps, 3 inputs, 3 outputs
	// loss 1.099, accuracy 0 %
}

func ExampleTask_With() {
	task, err := tasks.New("rdm", tasks.Timing{Dt: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, factor := range []float64{4, 2, 1} {
		easier, err := task.With("coherence", factor)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("coherence × %g: an ideal observer is right in %.1f %%\n", factor, 100*easier.Ceiling())
	}
	// Output:
	// coherence × 4: an ideal observer is right in 90.0 %
	// coherence × 2: an ideal observer is right in 90.0 %
	// coherence × 1: an ideal observer is right in 89.6 %
}

func ExampleTrial() {
	task := tasks.NewGoNoGo(tasks.Timing{Dt: 50})
	trial, err := task.Trial(tasks.Test, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(trial)
	// Output:
	// gonogo, test trial 0: no-go, answer fixation, 30 steps of 50 ms
	//                  |stimulus |delay    |decision
	// fixation         ████████████████████▁▁▁▁▁▁▁▁▁▁
	// no-go            ██████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
	// go               ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
	// →
	// fixation         ██████████████████████████████
	// go               ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
}

func ExampleNew() {
	_, err := tasks.New("dmss", tasks.Timing{})
	fmt.Println(err)
	_, err = tasks.New("dms", tasks.Timing{Dt: 500})
	fmt.Println(err)
	// Output:
	// tasks: no task "dmss"; nearest: dms, dmc
	// tasks: dms: epoch "fixation" can be as short as 300 ms and would vanish at dt = 500 ms: give a dt of 300 ms or less, or a longer epoch
}

// Every lane is judged by the task's rule; here by one who always takes the first choice.
func ExampleBatch_Results() {
	task := tasks.NewRandomDots(tasks.Timing{Dt: 50})
	batch, err := task.Batch(tasks.Test, 0, 512)
	if err != nil {
		fmt.Println(err)
		return
	}
	outputs := make([]float64, batch.Lanes*batch.Steps*batch.Outputs)
	for i := 1; i < len(outputs); i += batch.Outputs {
		outputs[i] = 1
	}
	fmt.Print(batch.Results(outputs))
	// Output:
	// condition             trials  accuracy   ceiling
	// coherence 0 %            102     51.0%     50.0%
	// coherence 6.4 %          106     49.1%     97.9%
	// coherence 12.8 %         102     54.9%    100.0%
	// coherence 25.6 %         105     48.6%    100.0%
	// coherence 51.2 %          97     48.5%    100.0%
	// all                      512     50.4%     89.6%
}

// A mixture of three of Yang's tasks. Trials differ in length; a batch is padded to the longest.
func ExampleNewYang() {
	task := tasks.NewYang(tasks.Timing{}, "go", "dm1", "dmsgo")
	batch, err := task.Batch(tasks.Train, 0, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for lane, trial := range batch.Trials {
		fmt.Println(trial.Condition.Name, batch.Lengths[lane], "of", batch.Steps)
	}
	// Output:
	// dm1 76 of 77
	// dm1 77 of 77
	// go 76 of 77
	// dmsgo 55 of 77
	// dmsgo 65 of 77
}

func ExampleFitReservoir() {
	series := tasks.LorenzSeries()
	reservoir, err := tasks.FitReservoir(series.Part(tasks.Train), tasks.ReservoirSettings{Units: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	times, err := tasks.ValidTimes(reservoir, series, tasks.Starts{Number: 11}, 500)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("more than two Lyapunov times:", times[len(times)/2] > 2)
	// Output:
	// more than two Lyapunov times: true
}
